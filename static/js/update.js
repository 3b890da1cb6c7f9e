import { busy } from "./busy.js";
import { flushing } from "./schedule.js";
import { say, toast } from "./words.js";

const IDLE = 5e3;
let touched = Date.now();

/** Register the worker; let a new one in when nobody is in the middle of something. */
export async function keepUpdated() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => (touched = Date.now()), true);
  let controlled = Boolean(serviceWorker.controller);
  serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) whenQuiet(() => location.reload());
    controlled = true;
  });
  try {
    const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
    setInterval(() => offer(registration), 2000);
    document.addEventListener(
      "visibilitychange",
      () => document.hidden || registration.update().catch(() => {}),
    );
    const { active } = await serviceWorker.ready;
    if (!serviceWorker.controller) active.postMessage("take me too");
  } catch {
    // Without a worker the outbox of the page itself still does its work.
  }
}

function offer({ waiting }) {
  if (!waiting || busy() || flushing()) return;
  const take = () => waiting.postMessage("take over");
  toast(say("update_ready"), take);
  if (document.hidden || Date.now() - touched > IDLE) take();
}

function whenQuiet(act) {
  if (busy() || flushing()) setTimeout(whenQuiet, 1000, act);
  else act();
}

import { beCalled, openCalled } from "./behaviours/calls.js";
import { find } from "./behaviours/find.js";
import { flip } from "./behaviours/flip.js";
import { handOvers } from "./behaviours/hand-over.js";
import { notices } from "./behaviours/notices.js";
import { nextDoor } from "./behaviours/next-door.js";
import { opForms } from "./behaviours/op-form.js";
import { outboxPage } from "./behaviours/outbox-page.js";
import { sift } from "./behaviours/sift.js";
import { sheets } from "./behaviours/sheet.js";
import { signOut } from "./behaviours/sign-out.js";
import { undo } from "./behaviours/undo.js";
import { wakeLock } from "./behaviours/wake-lock.js";
import { hear } from "./channel.js";
import { recover } from "./jot.js";
import { listen } from "./live.js";
import { mirror } from "./mirror.js";
import { keepPack } from "./pack.js";
import { draw } from "./pending.js";
import { reload, watch } from "./queue.js";
import { keepFresh } from "./refresh.js";
import { keepFlushing } from "./schedule.js";
import { account, remember } from "./session.js";
import { showStatus } from "./status.js";
import { keepUpdated } from "./update.js";
import { say, toast } from "./words.js";

document.documentElement.dataset.scripted = "";
keepUpdated();
find();
flip();
sift();
wakeLock();
openCalled();
hear("clock", ({ minutes }) => toast(say("clock_wrong", { minutes })));

// Without a database to keep them in, forms go to the server as if there were no script.
if (
  account() &&
  (await recover().then(reload).then(
    () => true,
    () => false,
  ))
) {
  watch(draw);
  showStatus();
  for (const behave of [sheets, undo, opForms, nextDoor, notices, signOut, outboxPage, handOvers]) behave();
  await remember(account());
  await mirror();
  keepFlushing();
  keepFresh();
  keepPack();
  listen();
  beCalled();
}

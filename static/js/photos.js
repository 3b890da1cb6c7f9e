import { nameOf, waiting } from "./album.js";
import { review } from "./behaviours/review.js";
import { account, remember } from "./session.js";
import { state, transact } from "./store.js";
import { upload } from "./upload.js";
import { ask, say } from "./words.js";

const LONG_SIDE = 1280;
const WANTED = 200e3;
const QUALITIES = [0.8, 0.65, 0.5];
const MOST = 12 * 2 ** 20;

/** Send what waits, then tell of what was refused. For the page; the worker only sends. */
export async function sendPhotos() {
  const left = await upload();
  for (const sha of await waiting(account())) await tell(nameOf(account(), sha));
  return left;
}

async function tell(name) {
  const { why, label } = (await state.get(name)) || {};
  if (!why) return;
  await ask([label, why].filter(Boolean).join(" · "), false);
  await transact("readwrite", (_, facts) => facts.delete(name));
}

/** A photo is chosen where it is wanted: `[data-photo]` within an operation's form. */
document.addEventListener("change", ({ target }) => {
  const place = target.type === "file" && target.closest("[data-photo]");
  if (place && target.files[0]) choose(place, target.files[0]);
});

document.addEventListener("click", async ({ target }) => {
  const place = target.closest("[data-photo]");
  if (place && target.closest("[data-remove]")) clear(place);
  if (place && target.closest("[data-shared]")) choose(place, await state.get("shared"), true);
});

document.addEventListener("reset", ({ target }) => 
  target.querySelectorAll("[data-photo]").forEach((place) => clear(place)),
);

/** What another app shared has found its place. */
document.addEventListener("saved", ({ detail }) => {
  if (detail.some(({ data }) => data.photo && data.photo === shared))
    state.set("shared", undefined).then(offer);
});

let shared = "";

/**
 * The place has its photo as soon as that is shrunk, and whoever sends the form waits for it: `chosen` is a
 * promise, as `op-form.js` knows.
 */
function choose(place, file, wasShared = false) {
  clear(place, file);
  const trouble = unfit(file);
  if (trouble) return show(place, trouble);
  show(place, "working");
  const chosen = (place.chosen = prepared(file).catch(() => null));
  chosen.then((photo) => {
    if (place.chosen !== chosen) return; // another was chosen meanwhile, or none
    if (photo && wasShared) shared = photo.sha;
    if (photo) show(place, "ready", URL.createObjectURL(photo.blob));
    else show(place, "failed");
  });
}

/** Which words say at once why this cannot be sent. */
function unfit(file) {
  if (!globalThis.crypto?.subtle) return "insecure";
  if (file.type && !file.type.startsWith("image/")) return "failed";
  return "";
}

function clear(place, file) {
  place.chosen = null;
  if (!file) for (const input of place.querySelectorAll("input")) input.value = "";
  show(place, "");
}

/** What is shown is kept beside the element: a newer page that is morphed in knows nothing of it. */
function show(place, what, picture = "") {
  if (place.picture) URL.revokeObjectURL(place.picture);
  Object.assign(place, { shown: what, picture });
  draw(place);
}

function draw(place) {
  const { shown = "" } = place;
  if (place.dataset.photo !== shown) place.dataset.photo = shown;
  const preview = place.querySelector("img");
  if (place.picture && preview.getAttribute("src") !== place.picture) preview.src = place.picture;
}

/** What this browser cannot show, such as an iPhone's photo, goes along all the same. */
document.addEventListener(
  "error",
  ({ target }) => {
    const place = target.closest?.("[data-photo]");
    if (place?.picture) show(place, "unseen");
  },
  true,
);

/** Smaller and without what the camera wrote beside the picture; where it cannot be opened, as it is. */
async function prepared(file) {
  const blob = await shrunk(file).catch(() => whole(file));
  return { blob, sha: await nameFor(blob) };
}

async function shrunk(file) {
  const bitmap = await createImageBitmap(file);
  const share = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * share);
  canvas.height = Math.round(bitmap.height * share);
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingQuality = "high";
  brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob.size <= WANTED || quality === QUALITIES.at(-1)) return blob;
  }
}

/** Its bytes, and not the file: that may be gone by the time it is sent. */
async function whole(file) {
  if (file.size > MOST) throw new Error("too large");
  return new Blob([await file.arrayBuffer()], { type: file.type });
}

async function nameFor(blob) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Show what another app shared, where there is something, once what was another person's is gone. */
async function offer() {
  if (account()) await remember(account());
  const file = await state.get("shared");
  document.documentElement.toggleAttribute("data-shared", Boolean(file));
  if (file && !sharedPicture) sharedPicture = URL.createObjectURL(file);
  drawAll();
}

let sharedPicture = "";

/** Again where a newer page was morphed in. */
function drawAll() {
  for (const place of document.querySelectorAll("[data-photo]")) draw(place);
  const preview = document.querySelector("[data-shared-preview]");
  if (preview && sharedPicture && !preview.getAttribute("src")) preview.src = sharedPicture;
}

review();
document.documentElement.dataset.photos = "";
new MutationObserver(drawAll).observe(document.body, {
  subtree: true,
  childList: true,
  attributeFilter: ["src", "data-photo"],
});
offer();

/**
 * Reading QR codes with the camera: by the browser where it can, else by a decoder that is loaded with the guard's
 * page and with no other.
 */
import { decodeQR } from "qr/decode.js";

const SIDE = 640;
const PAUSE = 120;

/** Look until something is read or somebody stops. `finder` holds a <video> and a button to stop. */
export async function scan(finder, refused, act) {
  const video = finder.querySelector("video");
  let stream;
  try {
    const camera = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 1280 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: camera });
  } catch {
    refused.hidden = false;
    return;
  }
  refused.hidden = true;
  finder.hidden = false;
  video.srcObject = stream;
  await video.play().catch(() => {});
  let stopped = false;
  finder.querySelector("[data-stop]").addEventListener("click", () => (stopped = true), { once: true });
  const look = await reader();
  while (!stopped && finder.isConnected) {
    const text = await look(video).catch(() => "");
    if (text) {
      navigator.vibrate?.(80);
      act(text);
      break;
    }
    await new Promise((wake) => setTimeout(wake, PAUSE));
  }
  for (const track of stream.getTracks()) track.stop();
  video.srcObject = null;
  finder.hidden = true;
}

/** @returns {Promise<(video: HTMLVideoElement) => Promise<string>>} what a picture says, empty where nothing */
async function reader() {
  const native = /** @type {any} */ (globalThis).BarcodeDetector;
  if ((await native?.getSupportedFormats?.().catch(() => []))?.includes("qr_code")) {
    const detector = new native({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue || "";
  }
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const side = Math.min(video.videoWidth, video.videoHeight);
    if (!side) return "";
    canvas.width = canvas.height = Math.min(side, SIDE);
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    context.drawImage(video, left, top, side, side, 0, 0, canvas.width, canvas.height);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return decodeQR({ width, height, data });
  };
}

// Reads a merchant's code from the camera or from a picture, and asks for the price at
// once. The browser's own reader is used where it has one, else the wallet reads.
'use strict';

const side = 480; // what is sent of a picture, in points; the wallet takes up to 1024
const code = document.getElementById('code');
const view = document.getElementById('view');
const status = document.getElementById('scanning');
const camera = document.getElementById('camera');

async function reader() {
  const formats = 'BarcodeDetector' in window ? await BarcodeDetector.getSupportedFormats() : [];
  if (formats.includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue;
  }
  return async (canvas) => {
    const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const answer = await fetch('/read', { method: 'POST', body: picture });
    return answer.status === 200 ? answer.text() : '';
  };
}

// canvasOf draws a picture at most so large, in its own proportions.
function canvasOf(image, width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // where a picture is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function found(text) {
  code.value = text;
  status.textContent = 'Found a code.';
  code.form.requestSubmit();
}

async function scanCamera() {
  camera.disabled = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    status.textContent = 'Hold the code in front of the camera.';
    const read = await reader();
    for (let end = Date.now() + 60000; Date.now() < end;) {
      const text = await read(canvasOf(view, view.videoWidth, view.videoHeight, side));
      if (text) return found(text);
      await new Promise((done) => setTimeout(done, 200));
    }
    status.textContent = 'No code was seen.';
  } catch {
    status.textContent = 'The camera cannot be used. Type the code, or choose a picture.';
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
    view.hidden = true;
    camera.disabled = false;
  }
}

async function scanPicture(event) {
  const file = event.target.files[0];
  if (!file) return;
  try {
    const image = await createImageBitmap(file);
    const read = await reader();
    // A small picture is read as it is; a photograph in two sizes.
    for (const most of [side, 2 * side]) {
      const text = await read(canvasOf(image, image.width, image.height, most));
      if (text) return found(text);
    }
    status.textContent = 'There is no code in this picture.';
  } catch {
    status.textContent = 'This is no picture that can be read.';
  }
}

document.getElementById('scanner').hidden = false;
camera.hidden = !navigator.mediaDevices;
camera.addEventListener('click', scanCamera);
document.getElementById('picture').addEventListener('change', scanPicture);

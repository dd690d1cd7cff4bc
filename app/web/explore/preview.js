/** A picture as the browser shows it: upright, first frame, on white. */

const LONGEST = 1024; // pixels of the preview's longer side
const TOO_MANY = 40e6; // pixels, the server's limit: more is not worth unpacking in the browser

/**
 * @param {Blob} file
 * @returns {Promise<HTMLCanvasElement|null>} at most 1,024 pixels wide and high; null when the browser cannot show it
 */
export async function preview(file) {
  const url = URL.createObjectURL(file);
  try {
    return drawn(await loaded(url));
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A small copy of a preview for the moments in which the hand moves. @returns {Promise<Blob>} */
export function copyOf(canvas) {
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

function loaded(url) {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = fail;
    image.src = url;
  });
}

function drawn(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!width || width * height > TOO_MANY) return null;
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingQuality = "high";
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

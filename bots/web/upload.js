// A help where scripts run; without it the form works just the same. Names the chosen file, makes a photo that would
// be refused for its size or format small enough where the phone can, and keeps the button from being pressed twice.
const form = document.querySelector("form");
const input = form.elements.file;
const told = form.querySelector("output");
const button = form.querySelector("button");
const limit = Number(form.dataset.limit);
const readable = ["image/jpeg", "image/png", "application/pdf"];

async function shrink(file) {
  const photo = await createImageBitmap(file);
  for (const side of [3000, 2400, 1800]) {
    const scale = Math.min(1, side / Math.max(photo.width, photo.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(photo.width * scale);
    canvas.height = Math.round(photo.height * scale);
    canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (blob && blob.size <= limit) {
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }
  }
  return file;
}

input.addEventListener("change", async () => {
  const chosen = input.files[0];
  told.textContent = chosen ? form.dataset.chosen + chosen.name : "";
  if (!chosen || chosen.type === "application/pdf" || (chosen.size <= limit && readable.includes(chosen.type))) return;
  button.disabled = true;
  try {
    const small = await shrink(chosen);
    if (input.files[0] === chosen) {
      const files = new DataTransfer();
      files.items.add(small);
      input.files = files.files;
    }
  } catch {
    // Not a picture that this phone can open: the answer of the page will say what to do.
  } finally {
    button.disabled = false;
  }
});

form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = form.dataset.sending;
});

// Coming back with the browser's own button must not find the button still asleep.
window.addEventListener("pageshow", () => {
  button.disabled = false;
  button.textContent = form.dataset.send;
});

// [data-files]: say which files were chosen beside the buttons that chose them.
export function ready(root) {
  for (const form of root.querySelectorAll("form[data-files]")) {
    const note = form.querySelector("[data-chosen]");
    form.addEventListener("change", () => {
      const inputs = [...form.querySelectorAll("input[type=file]")];
      const names = inputs.flatMap((input) => [...input.files].map((file) => file.name));
      if (names.length) note.textContent = names.join(", ");
    });
  }
}

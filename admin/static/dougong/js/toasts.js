// Messages: closed by their button; calm ones in the corner leave by themselves, but not under the pointer.
const stays = 6000;

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss-alert]")?.closest(".alert")?.remove();
});

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1500, toast);
  else toast.remove();
}

export function ready(root) {
  for (const toast of root.querySelectorAll("[data-toasts] > .alert")) {
    if (toast.dataset.timed) continue;
    toast.dataset.timed = "yes";
    setTimeout(leave, stays, toast);
  }
}

// The browser's own print dialog, from a button.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

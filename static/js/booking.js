// Every page works without this file; it only makes booking quicker.

// 1. What is said first has the focus: what was done, or what is wrong. A link in it scrolls to the question, then focuses the answer.
const said = document.querySelector("[autofocus]");
if (said) {
  requestAnimationFrame(() => document.activeElement === said || said.focus()); // where autofocus on a div does nothing
  said.addEventListener("click", (event) => {
    const target = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    (target.closest("fieldset")?.querySelector("legend") ?? target.labels?.[0] ?? target).scrollIntoView({ behavior: "instant" });
    focus(target);
  });
}

// The bar at the foot covers part of the window; scrollIntoView knows of it (scroll-padding), focus() does not always.
function focus(target) {
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// 2. Times: one day at a time. Which day shows first is decided by the server and the stylesheet, before this runs.
const days = [...document.querySelectorAll(".slot-day")];
if (days.length) {
  document.querySelector(".slot-days").classList.add("ready");
  const links = [...document.querySelectorAll(".days a")];
  const show = (id) => {
    for (const day of days) day.classList.toggle("is-current", day.id === id);
    for (const link of links) {
      if (link.hash === `#${id}`) link.setAttribute("aria-current", "date");
      else link.removeAttribute("aria-current");
    }
  };
  const first = document.querySelector(".slot-day:has(input:checked)") ?? days.find((day) => `#${day.id}` === location.hash);
  if (first) show(first.id);
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.hash.slice(1));
      focus(document.querySelector(`${link.hash} input`));
    });
  }
}

// 3. The chosen time, said again beside the form.
const choice = document.querySelector("[data-choice]");
if (choice) {
  const say = () => {
    choice.textContent = document.querySelector("input[data-label]:checked")?.dataset.label ?? "";
  };
  document.addEventListener("change", say);
  say();
}

// 4. A double tap sends one request. The server would notice too.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  setTimeout(() => delete event.target.dataset.sent, 2000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

/* The forms of staff. Without this file each works; nobody is asked before they leave with words that are not saved. */

/* 1. What is wrong has the focus; a link in it leads to its field, also into a part that is folded away. */
const summary = document.querySelector(".error-summary");
if (summary) {
  requestAnimationFrame(() => document.activeElement === summary || summary.focus()); // where autofocus on a div does nothing
  summary.addEventListener("click", (event) => {
    const target = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    (target.closest(".form-row, td") ?? target).scrollIntoView({ block: "center", behavior: "instant" });
    target.focus({ preventScroll: true });
  });
}

/* 2. Whoever leaves with words that are not saved is asked first. */
const FORM = "#content-main form[method=post]:not(.signin form, .login form)";
const WORDS = "input:not([type=hidden], [type=submit], .action-select, #action-toggle), select:not([name=action]), textarea";
const inForm = (control) => control.form?.matches(FORM) && control.matches(WORDS);
const touched = new Set();
const isNew = (control) =>
  control.type === "checkbox" || control.type === "radio"
    ? control.checked !== control.defaultChecked
    : control.options
      ? [...control.options].some((option) => option.selected !== option.defaultSelected)
      : control.value !== control.defaultValue;
const touch = ({ target }) => inForm(target) && touched.add(target);
document.addEventListener("input", touch);
document.addEventListener("change", touch);

/* A page that answers a form shows what was typed as if it had been there: it is unsaved all the same. */
const answered = document.querySelector("[data-unsaved]") && document.querySelector(FORM);
let sent = null; // the form on its way
const unsaved = () =>
  (answered && answered !== sent) || [...touched].some((control) => control.form && control.form !== sent && isNew(control));

document.addEventListener("submit", ({ target, submitter }) => {
  if ((submitter?.formTarget || target.target) === "_blank") return; // a preview in another tab
  sent = target;
  setTimeout(() => (sent = null), 5000); // the answer was a file, or never came
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-leave]")) sent = target.closest("form") ?? answered; // it says itself what is lost
});
addEventListener("pageshow", () => (sent = null));
addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});

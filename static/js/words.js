/* The preview of a text in the admin, drawn by the server and shown under its field. Without this script it opens in another tab. */
const SORRY = "The preview could not be drawn. Check that you are online and still logged in, and press Preview again.";

/* The site's own stylesheet, kept apart from the admin's. */
function drawn(place, css, html) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  if (!root.firstChild) {
    const link = document.createElement("link"), prose = document.createElement("div");
    Object.assign(link, { rel: "stylesheet", href: css });
    prose.className = "prose";
    root.append(link, prose);
  }
  root.querySelector(".prose").innerHTML = html; // only what services/pages/sanitise.py lets pass
  for (const link of root.querySelectorAll("a")) link.target = "_blank"; // following one here would lose what is not saved
}

async function preview(button) {
  const words = button.closest(".words"), said = words.querySelector(".words-said"), place = words.querySelector(".words-drawn");
  const token = button.form.querySelector("[name=csrfmiddlewaretoken]").value;
  button.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, preview: "text", text: words.querySelector("textarea").value });
    const response = await fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } });
    const { html, problems } = await response.json();
    drawn(place, button.dataset.css, html);
    place.hidden = false;
    said.textContent = [...problems, "This is a preview. Nothing is saved."].join(" ");
  } catch {
    place.hidden = true;
    said.textContent = SORRY;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/* Also for rows that are added later. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".words-preview");
  if (!button) return;
  event.preventDefault();
  preview(button);
});

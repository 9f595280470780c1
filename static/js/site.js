// Every page works without this file.

// The phone line: the server says what is true from which moment on; show the latest that has come.
// No live region: a change must not interrupt someone who is reading or typing.
const ahead = JSON.parse(document.getElementById("line-ahead")?.textContent ?? "[]"); // [[ms since 1970, open?, words], …]
function line() {
  const now = ahead.findLast(([from]) => from <= Date.now());
  if (!now) return; // the visitor's clock is behind: what the server wrote stays
  const [, open, words] = now;
  for (const status of document.querySelectorAll(".status")) {
    const text = "short" in status.dataset ? (open ? "Line open" : "Line closed") : words;
    status.dataset.open = open;
    if (status.textContent !== text) status.textContent = text;
  }
}
line();
setInterval(line, 60_000);
document.addEventListener("visibilitychange", line);

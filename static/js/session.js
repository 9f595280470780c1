// Ten minutes before somebody of the staff is signed out, says so on a page that has been open since before. A page loaded later says it
// without this file.
const EARLY = 10 * 60; // seconds

const ends = document.querySelector(".session-ends");
if (ends) {
  const opened = Date.now();
  const look = () => {
    ends.hidden = ends.dataset.seconds - (Date.now() - opened) / 1000 > EARLY;
  };
  setInterval(look, 15_000); // a timer of hours would stop while the computer sleeps
  addEventListener("visibilitychange", look);
}

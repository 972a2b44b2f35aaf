// Whenever an event comes, the page is asked for again and its feed is put in place of the old one: the server alone draws.
const state = document.getElementById('state');
const pause = document.getElementById('pause');
let feed = document.getElementById('feed');
let paused = false;
let waiting = 0;
let running = false;
let again = false;

function say(text, lost) {
  state.textContent = text;
  state.classList.toggle('bad', lost === true);
}

function told() {
  if (!paused) {
    say('Live: events appear as they come.');
  } else if (waiting === 0) {
    say('Paused.');
  } else {
    say(waiting === 1 ? 'Paused. 1 event has come since.' : `Paused. ${waiting} events have come since.`);
  }
}

async function draw() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!paused) replace(page.getElementById('feed'));
    told();
  } catch {
    say('The events cannot be read now. Load the page again, and log in if it asks for it.', true);
  }
  // Many events come at once; a page twice a second is enough.
  setTimeout(() => {
    running = false;
    if (again) {
      again = false;
      draw();
    }
  }, 500);
}

function replace(fresh) {
  for (const open of feed.querySelectorAll('details[open]')) {
    const same = fresh.querySelector(`#${CSS.escape(open.id)}`);
    if (same) same.open = true;
  }
  const focused = document.activeElement.closest('#feed details, #feed section');
  const summary = document.activeElement.matches('summary');
  feed.replaceWith(fresh);
  feed = fresh;
  if (focused && focused.id) {
    const same = document.getElementById(focused.id);
    const target = summary && same ? same.querySelector('summary') : same;
    if (target) target.focus();
  }
}

const source = new EventSource(`${feed.dataset.stream}&after=${feed.dataset.after}`);
source.onopen = told;
source.onmessage = () => {
  if (paused) {
    waiting += 1;
    told();
  } else {
    draw();
  }
};
source.onerror = () => {
  say(source.readyState === EventSource.CLOSED
    ? 'The stream of events has ended: too many are watching, or the login is over. Load the page again.'
    : 'The connection was lost. It is tried again.', true);
};

pause.hidden = false;
pause.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Go on' : 'Pause';
  if (!paused && waiting > 0) draw();
  waiting = 0;
  told();
});

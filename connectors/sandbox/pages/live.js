// Keeps a page fresh: once a second the parts marked data-live are replaced by what the
// server shows of them now, at this page's address or where the page says, if that differs. Times marked data-until count down; other
// times are written as the reader writes them.
'use strict';

const shown = new Map(); // by id, what the server said last

function parts(of) { return of.querySelectorAll('[data-live]'); }

function left(until) {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1000));
  return Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
}

function writeTimes() {
  for (const time of document.querySelectorAll('time')) {
    const at = time.dateTime;
    const text = 'until' in time.dataset ? left(at) : new Date(at).toLocaleString();
    if (time.textContent !== text) time.textContent = text;
  }
}

async function refresh() {
  try {
    const answer = await fetch(document.body.dataset.from ?? location.href, { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of parts(document)) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === shown.get(part.id)) continue;
      shown.set(part.id, fresh.innerHTML);
      part.innerHTML = fresh.innerHTML;
    }
  } catch {
    // The server has gone for a while; the next look will tell.
  }
}

async function look() {
  if (!document.hidden) await refresh();
  writeTimes();
  setTimeout(look, 1000);
}

for (const part of parts(document)) shown.set(part.id, part.innerHTML);
writeTimes();
// What a form was answered with has no address of its own to look at again.
if (!document.querySelector('[role=alert]')) setTimeout(look, 1000);
else setInterval(writeTimes, 1000);

// A form is sent once; going back makes it usable again.
document.addEventListener('submit', (event) => {
  for (const button of event.target.querySelectorAll('button')) setTimeout(() => { button.disabled = true; });
});
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('button')) button.disabled = false;
});

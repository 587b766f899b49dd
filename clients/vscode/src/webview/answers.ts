// The script of the page of answers. It draws what it is sent and says what was typed; it knows nothing else.

import type { FromPage, ShownTurn, ToPage } from '../answers/messages';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; getState(): unknown; setState(state: unknown): void };

const editor = acquireVsCodeApi();
const list = document.getElementById('turns') as HTMLElement;
const form = document.getElementById('ask') as HTMLFormElement | null;
const box = document.getElementById('question') as HTMLTextAreaElement | null;
const aboutRow = document.getElementById('about');
let asked: string[] = [];
let back = 0;

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'turns') {
    list.replaceChildren(...data.turns.map(draw));
    asked = data.turns.map(({ question }) => question);
    back = 0;
    showAbout(data.about);
    list.lastElementChild?.scrollIntoView({ block: 'start' });
  } else if (data.type === 'last') {
    list.lastElementChild?.remove();
    list.append(draw(data.turn));
  } else if (data.type === 'about') {
    showAbout(data.about);
  } else {
    box?.focus();
  }
});

function draw(turn: ShownTurn): HTMLElement {
  const section = element('section', turn.busy ? 'turn busy' : 'turn');
  if (turn.question) {
    const heading = element('h2', 'question', turn.question);
    if (turn.about) {
      heading.append(element('span', 'about', turn.about));
    }
    section.append(heading);
  }
  const answer = element('div', 'answer');
  answer.innerHTML = turn.html; // rendered by the editor; the page's policy runs no script in it and loads nothing
  section.append(answer);
  if (turn.problem) {
    section.append(element('p', 'problem', turn.problem));
  }
  if (turn.busy) {
    const row = element('p', 'working', 'Looking… ');
    row.append(button('Stop', () => editor.postMessage({ type: 'cancel' })));
    section.append(row);
  }
  if (turn.choices.length) {
    const row = element('p', 'choices');
    row.append(...turn.choices.map((choice) => button(choice, () => ask(`${turn.question} (${choice})`))));
    section.append(row);
  }
  return section;
}

function ask(question: string): void {
  if (question.trim()) {
    editor.postMessage({ type: 'ask', question: question.trim() });
  }
}

function showAbout(about: string): void {
  if (aboutRow) {
    aboutRow.hidden = !about;
    (aboutRow.firstElementChild as HTMLElement).textContent = about;
  }
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = element('button', '', text) as HTMLButtonElement;
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

box?.addEventListener('keydown', (event) => {
  if (event.isComposing) {
    return;
  }
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    ask(box.value);
    box.value = '';
  } else if (event.key === 'Escape') {
    editor.postMessage({ type: list.querySelector('.busy') ? 'cancel' : 'leave' });
  } else if (event.key === 'ArrowUp' && (!box.value || back)) {
    event.preventDefault();
    back = Math.min(back + 1, asked.length);
    box.value = asked[asked.length - back] ?? '';
  } else if (event.key === 'ArrowDown' && back) {
    event.preventDefault();
    back -= 1;
    box.value = back ? (asked[asked.length - back] ?? '') : '';
  }
});
form?.addEventListener('submit', (event) => event.preventDefault());
aboutRow?.querySelector('button')?.addEventListener('click', () => editor.postMessage({ type: 'forgetAbout' }));
window.addEventListener('focus', () => box?.focus());
editor.postMessage({ type: 'ready' });

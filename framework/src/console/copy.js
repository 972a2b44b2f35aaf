// Fields with an address select themselves, and their buttons copy them.
for (const field of document.querySelectorAll('input[data-copy]')) {
  field.addEventListener('focus', () => field.select());
}
for (const button of document.querySelectorAll('button[data-copies]')) {
  const field = document.getElementById(button.dataset.copies);
  const label = button.firstChild;
  button.hidden = false;
  button.addEventListener('click', async () => {
    field.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      // Without TLS a browser has no clipboard but the older one.
      copied = document.execCommand('copy');
    }
    label.textContent = copied ? 'Copied' : 'Press Ctrl-C';
    setTimeout(() => { label.textContent = 'Copy'; }, 2000);
  });
}

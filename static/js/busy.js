const QUIET = ["hidden", "submit", "button", "reset"];

/** Whether somebody is in the middle of something that a new page would take away. */
export const busy = () =>
  Boolean(document.querySelector("dialog[open]")) ||
  fields().some((field) => field === document.activeElement || touched(field));

const fields = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input, textarea, select")]).filter(
    ({ type }) => !QUIET.includes(type),
  );

function touched(field) {
  if (field.options)
    return (
      field.selectedIndex !==
      Math.max(
        0,
        [...field.options].findIndex((option) => option.defaultSelected),
      )
    );
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

// deeds: buttons with `data-do` do what the page says under that name, and then what is shown is fetched anew.

import { complain } from "./toasts.js";

/** A listener for clicks: `deeds` by name, each told the button's data; `after` follows whatever comes of it. */
export const doing = (deeds, after) => async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  try {
    await deeds[button.dataset.do](button.dataset);
  } catch (error) {
    complain(error);
  } finally {
    after();
  }
};

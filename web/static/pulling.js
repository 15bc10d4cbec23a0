// pulling: offering a model: what it weighs, what its licence allows and where it comes from, before anything is fetched.

import { ask } from "./dialogs.js";
import { size } from "./format.js";
import { api } from "./http.js";
import { complain, toast } from "./toasts.js";

function words(model) {
  const licence = model.non_commercial ? `Its licence (${model.licence}) forbids commercial use.` : `Its licence is ${model.licence}.`;
  return `${model.title}. ${size(model.size_bytes)} are downloaded from huggingface.co/${model.repo}. ${licence}\n\nNothing about you or your videos is sent.`;
}

/** Ask, then have the daemon pull the model of that name; whether it was ordered. */
export async function offer(name) {
  try {
    const model = (await api("/api/models")).models.find((each) => each.name === name);
    if (!model || model.here) return false;
    if (!(await ask({ title: `Download ${name}?`, words: words(model), yes: `Download ${size(model.size_bytes)}` }))) return false;
    await api(`/api/models/${encodeURIComponent(name)}/pull`, { method: "POST" });
    toast(`${name} is being downloaded`, { action: { label: "See", run: () => location.assign("/settings#models") } });
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

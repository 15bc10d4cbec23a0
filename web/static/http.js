// http: requests to the daemon; a refusal becomes an Error whose message and hint a person can act on.

/** What the daemon refused, or why it could not be reached. `status` is 0 for the latter. */
export class RequestError extends Error {
  constructor(message, { hint = "", status = 0, code = "" } = {}) {
    super(message);
    this.hint = hint;
    this.status = status;
    this.code = code;
  }
}

async function ask(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError("vidwatchd cannot be reached", { hint: "Is it still running? Nothing was changed." });
  }
}

async function refusal(answer) {
  const body = await answer.json().catch(() => ({}));
  return new RequestError(body.error || `The request failed (${answer.status})`, { hint: body.hint || "", status: answer.status, code: body.code || "" });
}

/** JSON from the API. `body` makes it a POST unless `method` says otherwise. */
export async function api(path, { method, body, signal } = {}) {
  const options = { method: method || (body === undefined ? "GET" : "POST"), signal, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await ask(path, options);
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? {} : answer.json();
}

/** A fragment of a page, as a detached <template>'s content. */
export async function fragment(path, { signal } = {}) {
  const answer = await ask(path, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) throw new RequestError("The page could not be refreshed", { status: answer.status });
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}

"use strict";
// The key lives in the session of this tab only; it goes with every request and with the WebSocket's first message.
(function () {
  const NAME = "baton-api-key";
  const field = document.getElementById("key");
  const state = document.getElementById("state");
  const address = new URL("graphql", window.location.href);
  const socket = new URL(address);
  socket.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  const EXAMPLE = [
    "# Paste an API key above; everything here needs one.",
    "# Press the button with the triangle, or Ctrl+Enter.",
    "{",
    "  viewer { role party person teams scopes }",
    "}",
    "",
  ].join("\n");
  const REFUSED = 4403; // the server's code for a key that is not, or no longer, valid
  let client = null;

  function headers() {
    const key = sessionStorage.getItem(NAME);
    return key ? { Authorization: "Bearer " + key } : {};
  }

  function show() {
    const key = sessionStorage.getItem(NAME);
    state.value = key ? "In use: " + key.slice(0, 12) + "…" : "No key yet.";
    field.value = "";
    if (client) client.dispose();
    client = graphqlWs.createClient({
      url: socket.href,
      connectionParams: headers,
      shouldRetry: (event) => event.code !== REFUSED, // asking again would not make a key valid
      retryAttempts: 100,
      on: {
        closed: (event) => {
          if (event.code === REFUSED) state.value = key ? "This key is not valid." : "No key yet: everything needs one.";
        },
      },
    });
    const fetcher = GraphiQL.createFetcher({
      url: address.href,
      wsClient: client,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers() } }),
    });
    // Without a key the schema is not asked for: a refusal would stand in red before anybody did anything.
    const schema = key ? undefined : null;
    root.render(
      React.createElement(GraphiQL, { key: key || "none", fetcher, schema, defaultQuery: EXAMPLE, isHeadersEditorEnabled: false }),
    );
  }

  document.getElementById("sign-in").addEventListener("submit", function (event) {
    event.preventDefault();
    const key = field.value.trim();
    if (key) sessionStorage.setItem(NAME, key);
    show();
  });
  document.getElementById("forget").addEventListener("click", function () {
    sessionStorage.removeItem(NAME);
    show();
  });
  show();
})();

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
      shouldRetry: () => true,
      retryAttempts: 100,
    });
    const fetcher = GraphiQL.createFetcher({
      url: address.href,
      wsClient: client,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers() } }),
    });
    root.render(React.createElement(GraphiQL, { key: key || "none", fetcher, defaultQuery: EXAMPLE, isHeadersEditorEnabled: false }));
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

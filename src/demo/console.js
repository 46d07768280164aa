// The console of the demo's start page. Without it the page shows the municipalities to log in at.

const [municipalities, consoleOfViewer, who, query, status, answer] =
  ["municipalities", "console", "who", "query", "status", "answer"].map((id) => document.getElementById(id));

async function ask(text) {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: text }),
  });
  return { unauthenticated: response.status === 401, told: await response.json() };
}

function show(loggedIn) {
  municipalities.hidden = loggedIn;
  consoleOfViewer.hidden = !loggedIn;
}

// Shows the console to those who are logged in; where the API cannot be asked, the municipalities stay.
async function greet() {
  try {
    const viewer = (await ask("{ viewer { name municipality { name } } }")).told.data?.viewer;
    who.textContent = viewer ? `${viewer.name}, ${viewer.municipality.name}` : "";
    show(Boolean(viewer));
  } catch {
    show(false);
  }
}

async function run() {
  status.textContent = status.dataset.running;
  const begun = performance.now();
  try {
    const { unauthenticated, told } = await ask(query.value);
    if (unauthenticated) return show(false);
    answer.textContent = JSON.stringify(told, null, 2);
    answer.hidden = false;
    status.textContent = `${Math.round(performance.now() - begun)} ms`;
  } catch {
    status.textContent = status.dataset.failed;
  }
}

document.getElementById("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});

query.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});

greet();
// A page that the browser brings back may be older than the logout.
addEventListener("pageshow", (event) => {
  if (event.persisted) greet();
});

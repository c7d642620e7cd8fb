// json-rules-engine: for each line read, judges all leads once and writes how many microseconds of the processor that took.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const require = createRequire(process.cwd() + "/");
const { Engine } = require("json-rules-engine");
const { rules, leads } = JSON.parse(readFileSync(process.argv[2], "utf8"));

const engine = new Engine([], { allowUndefinedFacts: true });
engine.addOperator("startsWith", (value, start) => typeof value === "string" && value.startsWith(start));
engine.addOperator("between", (value, [low, high]) => typeof value === "number" && value >= low && value <= high);
for (const [number, conditions] of rules.entries()) {
  engine.addRule({ conditions, event: { type: String(number) } });
}

async function judgeAll() {
  const found = [];
  for (const lead of leads) {
    const { events } = await engine.run(lead);
    found.push(events.map((event) => Number(event.type)));
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  const start = process.cpuUsage();
  const found = await judgeAll();
  const { user, system } = process.cpuUsage(start);
  console.log(line === "tell" ? JSON.stringify(found) : String(user + system));
}

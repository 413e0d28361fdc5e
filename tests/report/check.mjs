// Opens pages of `dedup --report` in a browser and checks what only a browser can tell: no error on the console, nothing loaded, nothing wider than a phone, no serious finding of
// axe-core, figures as in the summary; and all that with scripts off as well. See README.md beside this file.
//
//     node check.mjs PAGE.html SUMMARY.json [FOLDER FOR SCREENSHOTS]

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import puppeteer from "puppeteer-core";

const [page_path, summary_path, shots] = process.argv.slice(2);
if (!page_path || !summary_path) {
  console.error("usage: node check.mjs PAGE.html SUMMARY.json [FOLDER FOR SCREENSHOTS]");
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const summary = JSON.parse(readFileSync(summary_path, "utf8"));
const url = `file://${resolve(page_path)}`;
if (shots) mkdirSync(shots, { recursive: true });

const screens = [
  { name: "desktop", width: 1280, height: 900 },
  { name: "phone", width: 375, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
];
const offences = [];
const offence = (where, what) => offences.push(`${where}: ${what}`);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
try {
  for (const screen of screens) {
    for (const scheme of ["light", "dark"]) await look(screen, scheme);
  }
} finally {
  await browser.close();
}
offences.forEach((line) => console.log(line));
console.log(`${offences.length === 0 ? 1 : 0} passed, ${offences.length === 0 ? 0 : 1} failed`);
process.exit(offences.length === 0 ? 0 : 1);

async function look(screen, scheme) {
  const where = `${screen.name}, ${scheme}`;
  const page = await browser.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && offence(where, `console: ${message.text()}`));
  page.on("pageerror", (error) => offence(where, `error: ${error.message}`));
  page.on("request", (request) => !request.url().startsWith("data:") && request.url() !== url && offence(where, `loads ${request.url()}`));
  await page.setViewport(screen);
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  // The page has no script of its own: what is seen here is seen with scripts off.
  await page.setJavaScriptEnabled(false);
  await page.goto(url, { waitUntil: "load" });
  if (shots) await page.screenshot({ path: `${shots}/${screen.name}-${scheme}.png`, fullPage: true });
  await page.setJavaScriptEnabled(true);
  await page.goto(url, { waitUntil: "load" });

  const shown = await page.$$eval("data[data-figure]", (all) =>
    all.map((data) => [data.dataset.figure, Number(data.value), Number(data.textContent.replaceAll(",", ""))]));
  if (shown.length < 8) offence(where, `only ${shown.length} figures`);
  for (const [name, value, text] of shown) {
    const at = name.indexOf(".");
    const expected = at < 0 ? summary[name] : summary[name.slice(0, at)]?.[name.slice(at + 1)];
    if (value !== expected || text !== expected) offence(where, `${name} is ${value} (${text}), the summary says ${expected}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) offence(where, `the page is ${wide} pixels too wide`);

  // By keyboard: every example opens.
  const examples = await page.$$(".examples summary");
  for (const example of examples) {
    await example.focus();
    await page.keyboard.press("Enter");
  }
  const closed = await page.$$eval(".examples details:not([open])", (all) => all.length);
  if (closed > 0) offence(where, `${closed} examples do not open by keyboard`);
  await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
  if (shots) await page.screenshot({ path: `${shots}/${screen.name}-${scheme}-open.png`, fullPage: true });

  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of found.violations) {
    const line = `axe: ${impact}: ${id}: ${help} (${nodes.length}, the first: ${nodes[0].target} ${nodes[0].failureSummary.replaceAll("\n", " ")})`;
    if (["serious", "critical"].includes(impact)) offence(where, line);
    else console.log(`${where}: ${line}`);
  }
  await page.close();
}

// A sales manager builds a report: searches what to add, groups, filters, draws, moves by key and by drag, takes steps
// back, and saves.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/reports");
  await sound(tools, "reports");
  await page.getByRole("link", { name: "New report" }).first().click();
  await page.getByRole("searchbox", { name: "Search what a report can be about" }).fill("opportun");
  await expect.text(page.locator("#types"), /Accounts with Opportunities/);
  await sound(tools, "report-types");
  await page.getByRole("link", { name: "Opportunities", exact: true }).last().click();
  await sound(tools, "builder-new");

  const preview = page.locator("#builder-preview");
  await expect.text(preview, /14 records/);
  const add = async (label, words, option) => {
    const box = page.getByLabel(label, { exact: true });
    await box.fill(words);
    await page.locator("li.option").filter({ has: page.getByText(option, { exact: true }) }).first().click();
    await expect.text(page.locator(".builder-parts"), new RegExp(option.replace(/[()]/g, "\\$&")));
    await page.waitForFunction((name) => document.getElementById(name)?.value === "", await box.getAttribute("id"));
  };
  await add("Group rows by", "stage", "Stage");
  await expect.text(preview, /Closed Won/);
  await add("Add a figure", "sum amount", "Sum of Amount");
  await page.getByLabel("Kind of chart").selectOption("Horizontal Bar");
  await expect.count(preview.locator("svg[role=img], .chart-picture svg"), 1);
  await page.getByRole("checkbox", { name: "Sum of Amount" }).check();
  await add("Add a filter", "amount", "Amount");
  await page.getByLabel("Value of Amount").fill("a lot");
  await expect.text(page.locator(".builder-parts"), /a lot/);
  await sound(tools, "builder-wrong");
  await page.getByLabel("Operator of Amount").selectOption("greaterThan");
  await page.getByLabel("Value of Amount").fill("50000");
  await expect.text(preview, /9 records|8 records|10 records/);
  await sound(tools, "builder");

  // By key: the second column becomes the first, and the focus goes with it.
  const columns = page.locator("#part-columns [data-item]");
  const second = await columns.nth(1).locator(".builder-item-label").textContent();
  await columns.nth(1).getByRole("button", { name: /Remove/ }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect.text(columns.nth(0), second);
  const focused = await page.evaluate(() => document.activeElement.closest("[data-item]")?.querySelector(".builder-item-label")?.textContent);
  if (focused !== second) throw new Error(`the focus is on ${focused}, not on ${second}`);
  await page.keyboard.press("Control+z");
  await expect.text(columns.nth(1), second);
  await page.keyboard.press("Control+Shift+Z");
  await expect.text(columns.nth(0), second);

  // By drag: back to where it was.
  await columns.nth(0).locator("[data-grip]").dragTo(columns.nth(1), { targetPosition: { x: 60, y: 28 } });
  await expect.text(columns.nth(1), second);

  // Unsaved changes warn.
  let warned = false;
  page.once("dialog", async (dialog) => {
    warned = true;
    await dialog.dismiss();
  });
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.waitForTimeout(0);
  if (!warned) throw new Error("leaving unsaved changes did not warn");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.text(page.locator("main"), /Give the report a name/);
  await page.getByLabel("Name").first().fill("Large deals of the northern region by stage");
  await page.keyboard.press("Control+s");
  await page.waitForURL("**/r/00O*");
  await expect.text(page.locator("h1"), "Large deals of the northern region by stage");
  await sound(tools, "report-saved");
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect.text(page.locator(".builder-parts"), /Sum of Amount/);
  await expect.count(page.getByText("Not saved yet"), 0);
}

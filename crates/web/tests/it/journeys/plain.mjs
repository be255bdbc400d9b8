// Without script: reading, a plain form, a lookup by name, a delete with its question.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, expect, screenshot } = tools;
  await signIn(tools, "/o/Account");
  await page.getByRole("searchbox", { name: /Filter accounts/ }).fill("baltic");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=baltic/);
  await expect.count(page.locator("#list tbody tr"), 1);
  await page.getByRole("link", { name: "Baltic Fresh Logistics" }).click();
  await page.getByRole("link", { name: "Related" }).click();
  await expect.text(page.locator("main"), /Liis Tamm/);

  await page.goto("/new/Contact");
  await page.getByLabel("Last name").fill("Plain");
  await page.getByLabel("Account", { exact: true }).fill("harbour credit");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/r\//);
  await expect.text(page.locator("main"), /Harbour Credit Union/);
  await screenshot("plain-record");
  await page.getByLabel("More actions").click();
  await page.getByRole("link", { name: "Delete" }).click();
  await page.waitForURL(/\/delete$/);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("/o/Contact");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(/\/r\//);
  await page.goto("/o/Opportunity?add=StageName");
  await page.getByLabel("Value").selectOption("Closed Won");
  await page.getByRole("button", { name: "Add filter" }).click();
  await expect.count(page.locator("#list tbody tr"), 3);
}

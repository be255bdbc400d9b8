// A reader of a report goes from a crossing of groups to its records, from there to one of them and back, and changes a
// filter for once.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect } = tools;
  await signIn(tools, `/r/${args.matrix}`);
  await expect.text(page.locator("main"), /12 records|11 records|10 records|9 records/);
  await sound(tools, "report-matrix");
  await page.getByRole("link", { name: "Closed Won", exact: true }).first().click();
  await expect.text(page.locator("main"), /3 records/);
  await sound(tools, "report-group");
  await page.getByRole("link", { name: "Branch network, phase 2" }).click();
  await expect.text(page.locator("h1"), "Branch network, phase 2");
  await page.goBack();
  await page.getByRole("link", { name: "Whole report" }).click();
  await page.locator(".reader-filters > summary").click();
  await page.getByLabel("Value of Amount").fill("200000");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect.text(page.locator("main"), /Amount is greater than 200000/);
  await sound(tools, "report-changed");
  await page.getByRole("link", { name: "As saved" }).click();
  await expect.text(page.locator("main"), /Amount is greater than 15000/);
}

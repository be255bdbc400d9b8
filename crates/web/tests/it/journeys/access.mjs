// Why somebody sees a record, asked by keyboard alone.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, axe, expect, screenshot } = tools;
  await signIn(tools, `/r/${args.deal}`);
  await page.getByRole("link", { name: "Access", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/tab=access/);
  await expect.text(page.locator("main"), /Why you can see this/);
  await expect.text(page.locator(".reasons"), /Owner/);
  await expect.text(page.locator("main"), /Given to people and groups/);
  await axe();
  await screenshot("access-own");

  await page.getByLabel("Person").focus();
  await page.keyboard.type("tom");
  await page.getByRole("option", { name: /Herrera/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Explain" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/user=005/);
  await expect.text(page.locator("main"), /Why Tomás Herrera can see this/);
  await expect.text(page.locator(".reasons"), /Shared with group Deal desk, as a member/);
  await axe();
  await screenshot("access-other");
}

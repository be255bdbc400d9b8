// Keys alone: rows, palette, help, create, edit.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, expect, screenshot } = tools;
  await signIn(tools, "/o/Opportunity");

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const second = page.locator("#list tbody tr").nth(1);
  await expect.focused(second);
  const name = await second.locator("th").innerText();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/r\//);
  await expect.text(page.locator("h1"), name.trim());
  await page.keyboard.press("e");
  await page.waitForURL(/\/edit$/);
  await page.goBack();

  // The palette finds records, and the keys work again at once when it is closed.
  await page.keyboard.press("Control+k");
  await expect.focused(page.locator("#palette-input"));
  await page.keyboard.type("baltic");
  await page.getByRole("option", { name: /Baltic Fresh Logistics/ }).first().waitFor();
  await screenshot("palette", { fullPage: false });
  for (const close of ["Escape", "backdrop"]) {
    if (close === "backdrop") {
      await page.keyboard.press("Control+k");
      await page.mouse.click(5, 5);
    } else {
      await page.keyboard.press("Escape");
    }
    await page.keyboard.press("?");
    await expect.text(page.locator("#keys"), /Keyboard shortcuts/);
    if (!(await page.locator("#keys").evaluate((dialog) => dialog.open))) throw new Error(`? did nothing after the palette was closed by ${close}`);
    await page.keyboard.press("Escape");
  }

  // As from the search of the top bar, which gives the focus back to itself.
  await page.locator("#top-search").click();
  await expect.focused(page.locator("#palette-input"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  if (!(await page.locator("#keys").evaluate((dialog) => dialog.open))) throw new Error("? did nothing after the palette was opened from the top bar");
  await screenshot("keys", { fullPage: false });
  await page.keyboard.press("Escape");
  await page.locator("#top-search").click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  const menu = page.locator(".top-actions details[data-menu]").first();
  if (!(await menu.evaluate((details) => details.open))) throw new Error("c did nothing after the palette was closed");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("baltic");
  await page.getByRole("option", { name: /Baltic Fresh Logistics/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`/r/${args.account}`);

  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.waitForURL("/o/Account");
  await page.keyboard.press("c");
  await page.waitForURL("/new/Account");
  await expect.focused(page.getByLabel("Account name"));
}

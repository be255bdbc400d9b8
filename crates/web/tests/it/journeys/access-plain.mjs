// Without script: a name is typed, and a name that nobody has is said to be one.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, expect } = tools;
  await signIn(tools, `/r/${args.deal}?tab=access`);
  await page.getByLabel("Person").fill("Tomás Herrera");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.waitForURL(/user\.text=/);
  await expect.text(page.locator("main"), /Why Tomás Herrera can see this/);
  await page.getByLabel("Person").fill("Nobody at all");
  await page.getByRole("button", { name: "Explain" }).click();
  await expect.text(page.locator("main"), /Nobody active is called Nobody at all/);
}

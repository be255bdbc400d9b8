// An administrator looks at all delivery, and switches it off and on.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, expect } = tools;
  await signIn(tools, "/deliveries");
  await expect.text(page.locator("main"), /By owner/);
  await sound(tools, "operations");
  await page.getByRole("button", { name: "Switch delivery off" }).click();
  await expect.text(page.locator("main"), /nothing leaves/);
  await sound(tools, "operations-off");
  await page.getByRole("button", { name: "Switch delivery on" }).click();
  await expect.text(page.locator("main"), /Delivery is on/);
}

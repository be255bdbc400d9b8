// A person schedules a report with the form, looks at it, activates it, and sees how a run fared; an administrator sees all.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/schedules");
  await sound(tools, "schedules-list");
  await page.goto("/schedules/new");
  await sound(tools, "schedules-new");
  await page.locator("input[name=name]").fill("Every open deal of the northern region, for the Monday meeting");
  await page.locator("select[name=report]").selectOption({ index: 1 });
  await page.locator("input[name=times]").fill("02:30, 09:00");
  await page.locator("select[name=mode]").selectOption("link");
  await page.locator("input[name=subject]").fill("{{ run.rowCount }} deals{% if %}");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect.text(page.locator("main"), /Subject: .*line 1/);
  await sound(tools, "schedules-wrong");
  await page.locator("input[name=subject]").fill("{{ run.rowCount }} deals for {{ recipient.name }}");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect.text(page.locator("main"), /deals for Maya Lindqvist/);
  await expect.text(page.locator("main"), /Every Monday at 02:30 and 09:00/);
  await sound(tools, "schedules-look");
  await page.getByRole("button", { name: "Save as draft" }).click();
  await page.waitForURL(/\/schedules\/hS0/);
  await page.getByRole("button", { name: "Activate" }).click();
  await expect.text(page.locator("main"), /lets it run with their rights/);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect.text(page.locator("main"), /Paused/);
  await sound(tools, "schedules-detail");

  await page.goto(args.waiting);
  await expect.text(page.locator("main"), /A change that waits for approval/);
  await sound(tools, "schedules-approval");
  await page.goto(args.run);
  await expect.text(page.locator("main"), /Nobody knows/);
  await sound(tools, "schedules-run");
  await page.goto(args.leave);
  await expect.text(page.locator("main"), /Unsubscribe\?/);
  await sound(tools, "schedules-leave");
}

// A manager puts reports on a dashboard, sizes and moves them by key and by dragging, and narrows what it shows.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/dashboards");
  await sound(tools, "dashboards");
  await page.getByRole("link", { name: "New dashboard" }).first().click();
  await sound(tools, "dashboard-new");
  await page.getByLabel("Name").first().fill("What the northern region closes this quarter");
  const add = async (words, name, count) => {
    await page.getByLabel("Add a report").fill(words);
    await expect.visible(page.locator("li.option").filter({ has: page.getByText(name, { exact: true }) }).first());
    await page.keyboard.press("Enter");
    await expect.count(page.locator("[data-card]"), count);
  };
  await add("Deals by", "Deals by stage and quarter", 1);
  await add("Pipeline", "Pipeline by stage", 2);
  await page.getByText("Place, size and footer").first().click();
  await page.getByLabel("Footer").first().fill("Without deals below EUR 15,000.");
  await expect.text(page.locator("#builder-preview"), /Without deals below/);

  // By key: the second goes to the front, then takes the whole width.
  const second = page.locator('[data-card="1"]');
  const wide = (page.viewportSize()?.width ?? 0) > 900;
  if (wide) {
    await second.focus();
    await page.keyboard.press("Alt+ArrowLeft");
    await expect.eventually(() => second.getAttribute("data-column").then((column) => column === "6"), "the second component moves to the left");
    await page.keyboard.press("Alt+Shift+ArrowRight");
    await expect.eventually(() => second.getAttribute("data-columns").then((columns) => columns === "7"), "the second component grows");
    // By dragging its corner.
    const corner = await second.locator("[data-size]").boundingBox();
    await page.mouse.move(corner.x + 8, corner.y + 8);
    await page.mouse.down();
    await page.mouse.move(corner.x - 220, corner.y + 8, { steps: 5 });
    await page.mouse.up();
    await expect.eventually(() => second.getAttribute("data-columns").then((columns) => Number(columns) < 7), "the second component shrinks");
    await page.keyboard.press("Control+z");
    await expect.eventually(() => second.getAttribute("data-columns").then((columns) => columns === "7"), "the step is taken back");
  }
  await page.locator("#part-narrow > summary").click();
  await page.getByLabel("Add a filter").selectOption({ label: "Stage" });
  await expect.text(page.locator("#part-narrow"), /choices/);
  await sound(tools, "dashboard-edit");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/r/01Z*");
  await expect.count(page.locator(".dashboard-cell"), 2);
  await sound(tools, "dashboard-saved");
  await page.getByLabel("Stage", { exact: true }).selectOption({ label: "Closed Won" });
  await page.waitForURL("**filter1=*");
  await expect.text(page.locator(".dashboard-grid"), /Closed Won/);
  await sound(tools, "dashboard-narrowed");
  await page.goto(`/r/${args.dashboard}`);
  await sound(tools, "dashboard-samples");
}

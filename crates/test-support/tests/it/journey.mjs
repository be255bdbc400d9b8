// Opens the page it is given and looks at it in every way the harness offers.

export default async function journey({ page, args, expect, axe, screenshot, allow }) {
  if (args.allow) allow(args.allow);
  await page.goto(`data:text/html;charset=utf-8,${encodeURIComponent(args.html)}`);
  await expect.text(page.getByRole("heading"), "Orders");
  await expect.title("Orders");
  if (args.withoutScript) return page.title();
  if (args.hang) await new Promise(() => {});

  await expect.value(page.getByRole("textbox"), /Acme/);
  await page.getByRole("textbox").focus();
  await expect.focused(page.getByRole("textbox"));
  await page.keyboard.press("Tab");
  await expect.focused(page.getByRole("button", { name: "Save" }));
  await expect.count(page.getByRole("button"), 1);
  await screenshot("orders");
  const person = await page.evaluate(() => ({
    width: innerWidth,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    language: navigator.language,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }));
  return { title: await page.title(), person, accessibility: await axe({ from: "serious" }) };
}

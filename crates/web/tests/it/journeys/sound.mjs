// A page as it should be: accessible, no wider than the window, with a picture to look at.

export async function sound({ page, args, axe, screenshot }, name) {
  if (!args.plain) await axe();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) throw new Error(`${name} is ${wide} pixels wider than the window`);
  await screenshot(name);
}

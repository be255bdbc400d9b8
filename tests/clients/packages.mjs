// The installed client packages, for scripts that live outside the folder they are installed in.
//
//   import { load } from "../clients/packages.mjs";
//   const jsforce = load("jsforce");

import { createRequire } from "node:module";
import { join } from "node:path";

const folder = process.env.HOLDFAST_NODE_PACKAGES;
if (!folder) {
  throw new Error("HOLDFAST_NODE_PACKAGES is not set: start this script with test_support::node_script or Browser");
}

const require = createRequire(join(folder, "package.json"));

export function load(name) {
  return require(name);
}

/** The path of a file inside a package, such as "axe-core/axe.min.js". */
export function fileOf(name) {
  return require.resolve(name);
}

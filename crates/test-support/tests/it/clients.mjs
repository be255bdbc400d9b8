// Shows that the installed packages load.

import { load } from "../../../../tests/clients/packages.mjs";

const { Connection } = load("jsforce");
console.log(process.env.GREETING, typeof Connection, typeof load("playwright-core").chromium);

/** Reads a text module. The other paths are those of the sample Worker of the driver pg, which is another module. */
import database from "./pg.js";
import about from "./about.txt";

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/about") return new Response(about);
    return database.fetch(request, env, context);
  },
};

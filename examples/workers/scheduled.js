/** Answers requests, and runs on a schedule. */
export default {
  async fetch() {
    return Response.json({ success: true });
  },
  async scheduled(controller) {
    console.log(`started by ${controller.cron}`);
  },
};

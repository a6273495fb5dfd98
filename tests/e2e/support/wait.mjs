/** Asks again and again until the answer is truthy and gives it; fails with `what` after the deadline. */
export async function until(what, ask, { timeoutMs = 20_000, everyMs = 100 } = {}) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

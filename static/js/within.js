/**
 * What a promise comes to, or a failure where it takes longer.
 * @template T
 * @param {number} limit milliseconds
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export const within = (limit, promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(reject, limit, new Error("too slow")))]);

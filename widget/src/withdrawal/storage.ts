import { attempt } from '../attempt';

/** Removes the keys that are wanted, and returns those that are still there. */
export const clear = (area: 'localStorage' | 'sessionStorage', wanted: (key: string) => boolean): string[] =>
  attempt(() => {
    const storage = window[area];
    const keys = () => Object.keys(storage).filter(wanted);
    for (const key of keys()) storage.removeItem(key);
    return keys();
  }) || [];

/**
 * Deletes the databases that are wanted, and returns those that are not gone at once: a page or worker that has one
 * open keeps it until it closes it. `known` are names without a star, for browsers that list none (Firefox before 126).
 */
export const drop = async (wanted: (name: string) => boolean, known: string[]): Promise<string[]> => {
  try {
    const all = indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name!) : known;
    const left = await Promise.all(
      all.filter(wanted).map(
        (name) =>
          new Promise<string[]>((done) => {
            const request = indexedDB.deleteDatabase(name);
            request.onsuccess = () => done([]);
            request.onerror = request.onblocked = () => done([name]);
          }),
      ),
    );
    return left.flat();
  } catch {
    // No storage here, or none for scripts.
    return [];
  }
};

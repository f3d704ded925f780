/** The value of `make`, made at the first call and kept: native code is loaded only by those who use it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

declare module 'jstat' {
  const jstat: { readonly beta: { inv(q: number, alpha: number, beta: number): number } };
  export = jstat;
}

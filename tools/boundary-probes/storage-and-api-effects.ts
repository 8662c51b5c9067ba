// as: libs/storage/src/postgres/__probe__.ts, apps/api/src/__probe__.ts
export const environment = process.env;
export const nowMs = Date.now();
export const later = setTimeout(String, 1);
export const lazy = import('./__probe__.js');

// What the browser keeps. Reading and writing never fail: a page whose storage is full or switched off still answers.

const PREFIX = "masdar.";

export function read(name, fallback = null) {
  try {
    const value = localStorage.getItem(PREFIX + name);
    return value === null ? fallback : value;
  } catch {
    return fallback;
  }
}

/** Whether it was kept. */
export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}

export function readJson(name, fallback) {
  try {
    return JSON.parse(read(name, "null")) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Whether an event of another tab is about this. */
export const isOurs = (event, name) => event.key === null || event.key === PREFIX + name;

export const writeJson = (name, value) => write(name, JSON.stringify(value));

/** What no program that has a result can be faster than. */
console.log(1 + 1);

/** The fastest possible program that has a result. */
console.log(1 + 1);

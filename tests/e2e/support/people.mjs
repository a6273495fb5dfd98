// Who works with Muster in these tests.
export const admin = { name: 'Amina Yusuf', email: 'amina@jamii.co.ke', password: 'correct horse battery' };
export const company = 'Jamii Mobile';

/** The classic question's loss. */
export const QUESTION = `import numpy as np
from keras import backend as K

def generalized_dice_coeff(y_true, y_pred):
    Ncl = y_pred.shape[-1]
    w = np.zeros(shape=(Ncl,))
    for l in range(0, Ncl): w[l] = np.sum(np.asarray(y_true[:,:,:,:,l]==1, np.int8))
    w = 1/(w**2 + 0.00001)
    # Compute gen dice coef:
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator, (0,1,2,3))
    numerator = K.sum(numerator)
    denominator = y_true + y_pred
    denominator = w*K.sum(denominator, (0,1,2,3))
    denominator = K.sum(denominator)
    return 2*numerator/denominator

def generalized_dice_loss(y_true, y_pred):
    return 1 - generalized_dice_coeff(y_true, y_pred)

model.compile(optimizer="adam", loss=generalized_dice_loss)
`;
